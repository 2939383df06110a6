using System.Globalization;
using Confluent.Kafka;

namespace Pipeline.Services.Kafka;

/// <summary>The control channel's commands, words separated by one space. README.md has the table.</summary>
internal static class KafkaControlCommands
{
    /// <summary>Most answers that one <c>fail</c> spoils.</summary>
    private const int MaxFailures = 10_000;

    /// <exception cref="FormatException">No such command, or a word that it does not take.</exception>
    /// <exception cref="KafkaException">The cluster refuses.</exception>
    public static void Run(KafkaStandIn kafka, string line)
    {
        switch (line.Split(' '))
        {
            case ["down", var broker]:
                kafka.TakeDown(Broker(broker));
                break;
            case ["up", var broker]:
                kafka.BringUp(Broker(broker));
                break;
            case ["round-trip", var broker, var milliseconds]:
                kafka.SetRoundTrip(Broker(broker), TimeSpan.FromMilliseconds(Number(milliseconds)));
                break;
            case ["fail", var api, var error, var times]:
                var errors = new ErrorCode[Math.Min(Number(times), MaxFailures)];
                Array.Fill(errors, Name<ErrorCode>(error));
                kafka.Fail(Name<KafkaApi>(api), errors);
                break;
            case ["clear", var api]:
                kafka.ClearFailures(Name<KafkaApi>(api));
                break;
            case ["leader", var topic, var partition, var broker]:
                kafka.MoveLeader(topic, Number(partition), broker == "none" ? -1 : Number(broker));
                break;
            case ["coordinator", var group, var broker]:
                kafka.MoveCoordinator(group, Number(broker));
                break;
            case ["create", var topic, var partitions]:
                kafka.CreateTopic(topic, Number(partitions));
                break;
            case ["delete", var topic]:
                kafka.DeleteTopic(topic);
                break;
            default:
                throw new FormatException("no such command");
        }
    }

    private static int Broker(string word) => word == "all" ? KafkaStandIn.AllBrokers : Number(word);

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{word}' is not a number");

    private static T Name<T>(string word)
        where T : struct, Enum =>
        Enum.TryParse<T>(word, out var value) && Enum.IsDefined(value)
            ? value
            : throw new FormatException($"'{word}' is not one of {typeof(T).Name}");
}
