"""The event store on DuckDB: one file per workspace, one in-memory instance that attaches them on use."""
