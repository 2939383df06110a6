using System.CommandLine;
using Pipeline.Models.Evaluation;

namespace Pipeline.Jobs.Commands;

/// <summary><c>convert</c>: writes a ratings file as a <see cref="RatingFile"/>, which <c>evaluate</c> reads in its place.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var source = new Argument<FileInfo>("ratings") { Description = "Interactions: user, item[, value[, time]]." };
        var target = new Argument<FileInfo>("target") { Description = "The file to write." };
        var command = new Command("convert", "Write a ratings file in the binary form, which is read many times as fast.") { source, target };
        command.SetAction((result, _) => ExitStatus.OfAsync(() => ConvertAsync(result.GetRequiredValue(source), result.GetRequiredValue(target))));
        return command;
    }

    private static async Task<int> ConvertAsync(FileInfo source, FileInfo target)
    {
        TokenIds users = new(), items = new();
        try
        {
            RatingTable table;
            await using (var stream = new FileStream(source.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0))
                table = new RatingReader(users, items).Read(stream, source.Name);
            // Under another name until it is whole.
            var unfinished = target.FullName + ".part";
            await using (var stream = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
                RatingFile.Write(stream, table, users, items);
            File.Move(unfinished, target.FullName, overwrite: true);
            await Console.Error.WriteLineAsync($"{table.Count} interactions of {table.UserIds.Length} members with {table.ItemIds.Length} titles");
            return ExitStatus.Done;
        }
        catch (Exception problem) when (problem is RatingFormatException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return ExitStatus.Failed;
        }
    }
}
