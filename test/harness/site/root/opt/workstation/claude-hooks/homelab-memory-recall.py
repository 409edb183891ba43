#!/usr/bin/env python3
print("homelab-memory-recall.py")
