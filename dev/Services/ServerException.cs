namespace Pipeline.Services;

/// <summary>A server could not be made, started or reached. The message says what happened and what to do; no stack trace is needed with it.</summary>
public sealed class ServerException : Exception
{
    public ServerException()
    {
    }

    public ServerException(string message)
        : base(message)
    {
    }

    public ServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
