using Pipeline.Models.Kernels;
using Pipeline.Models.Ranking;

namespace Pipeline.Models.Training;

/// <summary>Members' factors from their histories, against one model. Not for several threads at once.</summary>
public sealed class FoldIn : IExplainer
{
    private readonly ImplicitAlsModel model;
    private readonly Kernel kernel;
    private readonly AlsSolver solver;
    private readonly AlsWorkspace workspace;
    private readonly FactorMatrix row;

    internal FoldIn(ImplicitAlsModel model, ComputeOptions compute, CancellationToken cancellationToken)
    {
        this.model = model;
        kernel = Kernel.For(compute.VectorWidth);
        solver = new AlsSolver(model.Parameters, kernel, model.ItemFactors, compute.Threads, cancellationToken);
        workspace = solver.CreateWorkspace();
        row = new FactorMatrix(1, model.ItemFactors.Rank);
    }

    /// <summary>The factor that minimises the objective for this history.</summary>
    /// <param name="contents">Content indexes of the model.</param>
    /// <param name="confidences">Signed, as in the training data.</param>
    /// <param name="factor">Shape [d].</param>
    public void Solve(ReadOnlySpan<int> contents, ReadOnlySpan<float> confidences, Span<float> factor)
    {
        solver.Solve(contents, confidences, row.PaddedRow(0), workspace);
        row[0].CopyTo(factor);
    }

    /// <summary>
    /// For each recommended title, the title of the history that adds most to its score. The score is the sum
    /// <c>s = Σ_j c_j p_j yᵀ A⁻¹ y_j</c> over the history (Hu, Koren, Volinsky 2008, section 5), so each title's share is exact.
    /// </summary>
    /// <param name="recommended">Content indexes.</param>
    /// <param name="because">Shape [recommended]: a content index of the history, or −1 where none adds to the score.</param>
    public unsafe void Explain(
        ReadOnlySpan<int> contents, ReadOnlySpan<float> confidences, ReadOnlySpan<int> recommended, Span<int> because)
    {
        if (contents.IsEmpty)
        {
            because[..recommended.Length].Fill(-1);
            return;
        }
        solver.Factor(contents, confidences, workspace);
        var factors = model.ItemFactors;
        for (var n = 0; n < recommended.Length; n++)
        {
            factors.PaddedRow(recommended[n]).CopyTo(row.PaddedRow(0));
            kernel.Solve(workspace.Matrix, workspace.InverseDiagonal, row.Pointer, factors.Stride);
            because[n] = -1;
            var most = 0f;
            for (var j = 0; j < contents.Length; j++)
            {
                if (confidences[j] <= 0)
                    continue;
                var share = confidences[j] * kernel.Dot(row.Pointer, factors.Pointer + (nint)contents[j] * factors.Stride, factors.Stride);
                if (share > most)
                    (most, because[n]) = (share, contents[j]);
            }
        }
        GC.KeepAlive(this);
    }
}
