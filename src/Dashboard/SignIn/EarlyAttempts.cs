using Pipeline.Storage.MySql.Operators;

namespace Pipeline.Dashboard.SignIn;

/// <summary>
/// Attempts that come while an account or an address has to wait. There may be any number, so the audit gets the first of each pause only:
/// not more than there were attempts that were looked at, and counted, before it.
/// </summary>
public sealed class EarlyAttempts(TimeProvider clock)
{
    private const int MostPauses = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);

    /// <summary>Whether the operator had no early code noted in the pause that they are in.</summary>
    /// <param name="wait">How much of the pause is left.</param>
    public bool IsFirstCode(long operatorId, TimeSpan wait) => IsFirst([$"code {operatorId}"], wait);

    /// <summary>Whether neither the account nor the address had an early attempt noted in the pause that it is in.</summary>
    /// <param name="wait">How much of the pause is left.</param>
    public bool IsFirst(string account, string address, TimeSpan wait) =>
        // All names that nobody can have are one, and short.
        IsFirst([$"account {(OperatorNames.IsValid(account) ? account : "")}", $"address {ClientNetwork.Of(address)}"], wait);

    private bool IsFirst(string[] subjects, TimeSpan wait)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            if (subjects.Any(subject => _noted.TryGetValue(subject, out var until) && until > now))
                return false;
            if (_noted.Count + subjects.Length > MostPauses)
                foreach (string over in _noted.Where(note => note.Value <= now).Select(note => note.Key).ToList())
                    _noted.Remove(over);
            if (_noted.Count + subjects.Length > MostPauses)
                return false;
            foreach (string subject in subjects)
                _noted[subject] = now + wait;
            return true;
        }
    }
}
