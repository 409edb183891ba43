#!/usr/bin/env python3
print("auto-learn.py")
