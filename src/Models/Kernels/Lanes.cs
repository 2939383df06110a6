using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pipeline.Models.Kernels;

/// <summary>Sums of 16 partial sums held in registers of any width, added as <see cref="PlainKernel.SumPairwise"/> adds them.</summary>
internal static class Lanes
{
    /// <summary>Sum of one register's floats: halves are added until one is left. The branches are decided at compile time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TVector>(TVector value)
        where TVector : struct
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            var all = (Vector512<float>)(object)value;
            return Sum(all.GetLower() + all.GetUpper());
        }
        if (typeof(TVector) == typeof(Vector256<float>))
        {
            var all = (Vector256<float>)(object)value;
            return Sum(all.GetLower() + all.GetUpper());
        }
        if (typeof(TVector) == typeof(Vector128<float>))
        {
            var all = (Vector128<float>)(object)value;
            var halves = all + Vector128.Shuffle(all, Vector128.Create(2, 3, 0, 1));
            return halves.ToScalar() + halves.GetElement(1);
        }
        return (float)(object)value;
    }
}
