#!/bin/sh
echo pre-compact-backup.sh
