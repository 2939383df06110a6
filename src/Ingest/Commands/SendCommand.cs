using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Pipeline.Ingest.Send;
using Pipeline.Storage;

namespace Pipeline.Ingest.Commands;

/// <summary><c>send FILE…</c>: events as NDJSON into Kafka.</summary>
internal static class SendCommand
{
    /// <summary>Half of what the local stand-in for Kafka keeps of a partition.</summary>
    private const long DefaultUnreadLimit = 5L * 1024 * 1024 / 2;

    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenRemarks = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var files = EventFiles.Argument("NDJSON, .gz allowed, - for standard input.");
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var unread = new Option<long>("--unread-limit")
        {
            Description = "Bytes of a partition that the consumer group may leave unread before sending waits for it; 0 for no limit.",
            DefaultValueFactory = _ => DefaultUnreadLimit,
        };
        unread.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0)
                result.AddError("--unread-limit must be 0 or more.");
        });
        var command = new Command("send", "Send events into Kafka, keyed by user, without overtaking the workers.") { files, json, unread };
        command.SetAction((arguments, cancellationToken) =>
            RunAsync(
                arguments.GetRequiredValue(files), arguments.GetValue(unread), arguments.GetValue(json), TimeProvider.System, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<string> files, long unreadLimit, bool json, TimeProvider time, CancellationToken cancellationToken)
    {
        EventFiles.Check(files);
        var begun = time.GetTimestamp();
        using var sender = new EventSender(Addresses.FromEnvironment().Kafka, unreadLimit, time);
        var interrupted = false;
        try
        {
            foreach (var file in files)
                await SendFileAsync(sender, file, time, cancellationToken);
            sender.Flush(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            interrupted = true;
            FlushLast(sender);
        }

        if (sender.FirstFailure is { } failure)
            await Console.Error.WriteLineAsync($"{sender.Failed} lines were not sent; the first: {failure}");
        if (interrupted)
            await Console.Error.WriteLineAsync("interrupted: not all lines were sent");
        var seconds = time.GetElapsedTime(begun).TotalSeconds;
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { sent = sender.Sent, failed = sender.Failed, seconds = Math.Round(seconds, 3) })
            : string.Create(CultureInfo.InvariantCulture, $"sent {sender.Sent} events in {seconds:0.0} s"));
        return sender.Failed == 0 && !interrupted ? 0 : 1;
    }

    /// <summary>What was given to the producer before Ctrl-C is on its way: the count is told when the brokers have answered.</summary>
    private static void FlushLast(EventSender sender)
    {
        using var deadline = new CancellationTokenSource(LastFlush);
        try
        {
            sender.Flush(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // Those without an answer are not counted.
        }
    }

    private static async Task SendFileAsync(EventSender sender, string file, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var stream = EventFiles.Open(file);
        var reader = new LineReader(stream, EventSender.LongestLine);
        var remarked = time.GetTimestamp();
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } line)
            {
                if (line.IsTooLong)
                    sender.Fail($"{file}, line {line.Number}: longer than the {EventSender.LongestLine:N0} bytes that Kafka takes");
                else if (!line.Bytes.Span.Trim(" \t"u8).IsEmpty)
                    await sender.SendAsync(line.Bytes, Remark, cancellationToken);
                if (time.GetElapsedTime(remarked) < BetweenRemarks)
                    continue;
                Remark($"sent {sender.Sent} events");
                remarked = time.GetTimestamp();
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            sender.Flush(cancellationToken);
            throw new SendException($"cannot read {file} to its end: {EventFiles.Words(file, e)}. {sender.Sent} events were sent.", e);
        }
    }

    private static void Remark(string text) => Console.Error.WriteLine(text);
}
