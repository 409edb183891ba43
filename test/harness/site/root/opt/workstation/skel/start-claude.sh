#!/bin/bash
exec claude "$@"
