"""Pages of the directory: exchange rates and business calendars."""
