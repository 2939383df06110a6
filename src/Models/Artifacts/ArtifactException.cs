namespace Pipeline.Models.Artifacts;

/// <summary>A model artifact that cannot be read: damaged, cut short, no artifact at all, or of a newer version. The message says which.</summary>
public sealed class ArtifactException(string message) : Exception(message);
