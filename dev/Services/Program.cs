using Pipeline.Services.Commands;

return await CommandLine.RunAsync(args);
