namespace Pipeline.Services.Local;

/// <summary>The two workers that run against the servers.</summary>
internal static class Worker
{
    public const string Ingest = "ingest";
    public const string Jobs = "jobs";
}
