"""Every way in: JSON, pages and the command line. The only code that knows HTTP and terminals."""
