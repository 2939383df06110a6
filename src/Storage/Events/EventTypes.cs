namespace Pipeline.Storage.Events;

/// <summary>The contract's names of the event types.</summary>
public static class EventTypes
{
    private static readonly (EventType Type, string Name)[] Names =
    [
        (EventType.Impression, "impression"), (EventType.Click, "click"), (EventType.Search, "search"),
        (EventType.PlayStart, "play_start"), (EventType.Progress, "progress"), (EventType.Pause, "pause"),
        (EventType.Resume, "resume"), (EventType.Seek, "seek"), (EventType.Stall, "stall"),
        (EventType.BitrateChange, "bitrate_change"), (EventType.Error, "error"), (EventType.Stop, "stop"),
        (EventType.Complete, "complete"), (EventType.Rating, "rating"), (EventType.Like, "like"),
        (EventType.Dislike, "dislike"), (EventType.AddToList, "add_to_list"), (EventType.RemoveFromList, "remove_from_list"),
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(entry => System.Text.Encoding.UTF8.GetBytes(entry.Name))];

    /// <summary>The type of a name in UTF-8, or null where there is none.</summary>
    public static EventType? Parse(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Utf8Names.Length; i++)
        {
            if (name.SequenceEqual(Utf8Names[i]))
                return Names[i].Type;
        }
        return null;
    }

    public static string Name(EventType type) => Names[(int)type].Name;
}
