using System.Text;
using Npgsql;
using Pipeline.Services.Gateway.Wire;

namespace Pipeline.Services.Gateway;

/// <summary>
/// Failures, one line of key=value each. No line carries anything of a document: of an error it says the code and the SQLSTATE,
/// not the text, since PostgreSQL's texts quote values.
/// </summary>
internal sealed class GatewayLog(TextWriter output, TimeProvider time)
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);

    public void CommandFailed(long connection, Request? request, int code, Exception exception) => Write(
        "command_failed",
        ("connection", connection),
        ("command", request?.Name),
        ("database", request?.Database),
        ("code", code),
        ("sqlstate", (exception as PostgresException)?.SqlState),
        ("kind", exception.GetType().Name));

    public void AuthenticationFailed(long connection, string remote) =>
        Write("authentication_failed", ("connection", connection), ("remote", remote));

    public void ConnectionRefused(int open) => Write("connection_refused", ("open", open));

    public void ConnectionBroken(long connection, string reason) => Write("connection_broken", ("connection", connection), ("reason", reason));

    public void Defect(long connection, Exception exception) =>
        Write("defect", ("connection", connection), ("kind", exception.GetType().Name), ("at", exception.StackTrace?.Split('\n')[0].Trim()));

    private void Write(string what, params ReadOnlySpan<(string Key, object? Value)> fields)
    {
        var line = new StringBuilder($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} gateway event={what}");
        foreach (var (key, value) in fields)
            if (value is not null)
                line.Append(' ').Append(key).Append('=').Append(Quote($"{value}"));
        _output.WriteLine(line);
    }

    /// <summary>Names come from clients: what could break a line or fake a field is quoted and escaped.</summary>
    private static string Quote(string value)
    {
        var text = value.Length <= 120 ? value : value[..120];
        return text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or ':' or '/')
            ? text
            : $"\"{string.Concat(text.Select(c => char.IsControl(c) || c is '"' or '\\' ? $"\\u{(int)c:x4}" : $"{c}"))}\"";
    }
}
