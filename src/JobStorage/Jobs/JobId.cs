using System.Globalization;

namespace Pipeline.JobStorage.Jobs;

/// <summary>Jobs are numbers here and texts to Hangfire; a text that is no number is the id of no job.</summary>
internal static class JobId
{
    public static bool TryParse(string text, out long id) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    public static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
