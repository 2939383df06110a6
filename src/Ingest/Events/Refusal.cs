namespace Pipeline.Ingest.Events;

/// <summary>Why an event is refused.</summary>
/// <param name="Code">One of the contract's codes, or <see cref="BadDocument"/>.</param>
/// <param name="Detail">For people; holds nothing of the event's own data.</param>
public sealed record Refusal(string Code, string Detail)
{
    /// <summary>The event is valid, but the document store refuses its document and would refuse it again.</summary>
    public const string BadDocument = "bad_document";

    public static readonly Refusal TooLarge = new("too_large", $"more than {EventValidator.MaxBytes} bytes");
    public static readonly Refusal TooOld = new("too_old", $"occurredAt is more than {EventValidator.MaxAge.TotalDays} days ago");
    public static readonly Refusal InFuture = new("in_future", $"occurredAt is more than {EventValidator.MaxLead.TotalHours} hour ahead");
    public static readonly Refusal UnknownType = new("unknown_type", "type is not one of the contract's");

    /// <summary>The member was erased. Counted like any other refusal, and nothing of the event is kept.</summary>
    public static readonly Refusal Erased = new("bad_userId", "the member was erased; the event is not kept");

    public static Refusal NotJson(string detail) => new("not_json", detail);
}
