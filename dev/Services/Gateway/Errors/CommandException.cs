namespace Pipeline.Services.Gateway.Errors;

/// <summary>A command's failure as the client is to see it.</summary>
internal sealed class CommandException(int code, string message) : Exception(message)
{
    public CommandException(ErrorCode code, string message)
        : this((int)code, message)
    {
    }

    public int Code { get; } = code;
}
