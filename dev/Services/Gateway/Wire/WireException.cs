namespace Pipeline.Services.Gateway.Wire;

/// <summary>The client's bytes are no message of the protocol: where the next one starts is unknown, so the connection must close.</summary>
internal sealed class WireException(string message) : Exception(message);
