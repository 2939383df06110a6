namespace Pipeline.JobStorage.Data;

/// <summary>One statement, or several under one set of parameters, and their values.</summary>
internal readonly record struct Statement(string Sql, Value[] Values);
