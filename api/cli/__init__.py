"""The command line: `creditbank <noun> <verb>`. Results on stdout, progress on stderr."""
