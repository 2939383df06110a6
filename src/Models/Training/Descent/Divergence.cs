namespace Pipeline.Models.Training.Descent;

/// <summary>Ends training whose steps have grown past all numbers: what would follow are factors that are none.</summary>
internal static class Divergence
{
    /// <param name="rate">Name of the setting that a smaller value helps.</param>
    /// <exception cref="ArithmeticException">The loss is no finite number.</exception>
    public static TrainingIteration Check(TrainingIteration iteration, string rate) => double.IsFinite(iteration.Loss)
        ? iteration
        : throw new ArithmeticException($"Training diverges: the loss after iteration {iteration.Number} is no finite number. Choose a smaller {rate}.");
}
