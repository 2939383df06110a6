namespace Pipeline.Models.Training.ItemToItem;

/// <summary>
/// Parameters of EASE: H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019. It minimises
/// <c>‖X − XB‖² + λ‖B‖²</c> with diag(B) = 0, which P = (XᵀX + λI)⁻¹ solves: B_ij = −P_ij / P_jj.
/// </summary>
public sealed record EaseParameters
{
    private const double NoiseShare = 1;

    // So that the equations of titles without a member can be solved.
    private const double Smallest = 1e-3;

    /// <summary>λ; 0 has it chosen from the data by <see cref="For"/>.</summary>
    public double Regularization { get; init; }

    /// <summary>Most memory that training may take, GiB.</summary>
    public double MaxMemory { get; init; } = 20;

    /// <summary>These parameters with λ chosen, where it is 0.</summary>
    /// <remarks>
    /// As for <see cref="ImplicitAlsParameters.For"/>: eigenvalues of XᵀX up to about x̄² (√|U| + √|I|)² are those of noise, x̄² being the mean
    /// square of X's cells, and λ damps what is below it.
    /// </remarks>
    public EaseParameters For(Features.InteractionMatrix data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (Regularization > 0)
            return this;
        double users = data.Users.Count, contents = data.Contents.Count, squares = 0;
        for (var user = 0; user < data.Users.Count; user++)
        {
            foreach (var confidence in data.ByUser.Values(user))
                squares += confidence > 0 ? (double)confidence * confidence : 0;
        }
        var edge = Math.Sqrt(users) + Math.Sqrt(contents);
        return this with { Regularization = Math.Max(NoiseShare * squares / (users * contents) * edge * edge, Smallest) };
    }

    internal static SettingTable<EaseParameters> Table { get; } = new(EaseModel.AlgorithmName, new EaseParameters(),
    [
        SettingEntry.Number<EaseParameters>(
            "lambda", "λ: regularization; 0 chooses it from the data", 0, double.PositiveInfinity,
            p => p.Regularization, (p, value) => p with { Regularization = value }),
        SettingEntry.Number<EaseParameters>(
            "max-memory", "most memory that training may take, GiB", 0, double.PositiveInfinity,
            p => p.MaxMemory, (p, value) => p with { MaxMemory = value }, exclusive: true),
    ]);
}
