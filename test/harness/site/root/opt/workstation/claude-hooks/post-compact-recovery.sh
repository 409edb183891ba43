#!/bin/sh
echo post-compact-recovery.sh
