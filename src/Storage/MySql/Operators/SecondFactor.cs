namespace Pipeline.Storage.MySql.Operators;

/// <summary>A proof that an operator holds the second factor. It is spent by use.</summary>
public abstract record SecondFactor
{
    private SecondFactor()
    {
    }

    /// <summary>The code of a time step; spends that step and all before it.</summary>
    public sealed record Step(long Number) : SecondFactor;

    public sealed record RecoveryCode(byte[] Hash) : SecondFactor;
}
