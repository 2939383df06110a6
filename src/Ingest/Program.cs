using Pipeline.Ingest.Commands;

return await CommandLine.RunAsync(args);
