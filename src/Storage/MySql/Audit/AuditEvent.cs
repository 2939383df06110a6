namespace Pipeline.Storage.MySql.Audit;

/// <summary>Something that somebody did.</summary>
/// <param name="Actor">The operator's name, with the token's number where a program asked; or the account of who uses the command line.</param>
/// <param name="Address">Where from; empty for the command line and for what a run did.</param>
/// <param name="Action">Such as <c>operator.add</c>; <see cref="AuditActions"/> has them all.</param>
/// <param name="Subject">What it was done to, such as <c>run 42</c>.</param>
/// <param name="Was">What the change replaced.</param>
/// <param name="Became">What it replaced that with. No passwords, codes or tokens.</param>
public sealed record AuditEvent(string Actor, string Address, string Action, string Subject, string? Was = null, string? Became = null);

/// <summary>An event in the chain.</summary>
/// <param name="Sequence">From 1, without gaps.</param>
/// <param name="At">UTC, by the database's clock.</param>
/// <param name="Mac">HMAC-SHA256 over the MAC before it and the row.</param>
public sealed record AuditEntry(long Sequence, DateTime At, AuditEvent Event, byte[] Mac);

/// <summary>
/// All actions that the audit knows. Those that a run has to do (<c>run.start</c>, <c>run.retry</c>, <c>run.backfill</c>, <c>model.promote</c>,
/// <c>generation.roll-back</c>, <c>event.replay</c>) say that it was <see cref="AskedFor"/>; that another generation is served,
/// <see cref="GenerationFlip"/> says.
/// </summary>
public static class AuditActions
{
    /// <summary>What became of a wish when its entry was written: nothing yet.</summary>
    public const string AskedFor = "asked for";

    /// <param name="settings">Texts such as <c>rank=64</c>.</param>
    public static string Asked(IReadOnlyCollection<string> settings) => settings.Count == 0 ? AskedFor : $"{AskedFor}: {string.Join(' ', settings)}";

    public const string SignIn = "sign-in";
    public const string SignInRefused = "sign-in.refused";
    public const string SignOut = "sign-out";
    public const string SessionEnd = "session.end";
    public const string CodeRefused = "code.refused";
    public const string RecoveryCodeSpent = "recovery-code.spent";
    public const string OperatorAdd = "operator.add";
    public const string OperatorReset = "operator.reset";
    public const string OperatorEnrol = "operator.enrol";
    public const string RecoveryRenew = "recovery.renew";
    public const string OperatorRole = "operator.role";
    public const string OperatorDisable = "operator.disable";
    public const string OperatorEnable = "operator.enable";
    public const string RunStart = "run.start";
    public const string RunCancel = "run.cancel";
    public const string RunRetry = "run.retry";
    public const string RunBackfill = "run.backfill";
    public const string SchedulePause = "schedule.pause";
    public const string ScheduleResume = "schedule.resume";
    public const string ScheduleChange = "schedule.change";
    public const string AlarmSeen = "alarm.seen";
    public const string GenerationRollBack = "generation.roll-back";
    public const string GenerationFlip = "generation.flip";
    public const string ModelPromote = "model.promote";
    public const string ModelNote = "model.note";
    public const string MemberErase = "member.erase";
    public const string MemberErased = "member.erased";
    public const string EventReplay = "event.replay";
    public const string TokenAdd = "token.add";
    public const string TokenRevoke = "token.revoke";
    public const string Hangfire = "hangfire";
}
