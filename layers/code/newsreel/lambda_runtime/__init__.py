"""What every function shares as a process: settings, streams, log, what it imports and collects."""
