namespace Pipeline.Jobs.Exchange;

/// <summary>What another engine has written is not what can be taken over. The message names the file and what is wrong with it.</summary>
internal sealed class ImportException(string message) : Exception(message);
