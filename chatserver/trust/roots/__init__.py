"""Signed roots: what the logs had come to at some moment, in a form that can be kept elsewhere and shown to others."""
