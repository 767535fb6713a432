"""Spreadsheets coming in: any office's sheet becomes plain rows and a list of every fault. No database,
no words.
"""
