"""Server-rendered pages for people; they ask the same bank as the JSON routes."""
