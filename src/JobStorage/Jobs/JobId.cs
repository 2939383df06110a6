using System.Globalization;

namespace Pipeline.JobStorage.Jobs;

/// <summary>Jobs are numbers here and texts to Hangfire; a text that is no number is the id of no job.</summary>
internal static class JobId
{
    public static bool TryParse(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    /// <summary>What Hangfire calls the lock under which it changes a job's state.</summary>
    public static string StateLock(long id) => string.Create(CultureInfo.InvariantCulture, $"job:{id}:state-lock");
}
