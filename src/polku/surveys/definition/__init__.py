"""Surveys as plain data: questions, logic, wordings. No Django models here."""
