"""What every function shares as a process: settings, streams, error log, garbage collection."""
