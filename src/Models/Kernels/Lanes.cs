using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>Sums of four registers' floats, each as <see cref="Sum{TVector}"/> of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums<TVector>(TVector a, TVector b, TVector c, TVector d)
        where TVector : struct
    {
        Vector128<float> first = Quarter(a), second = Quarter(b), third = Quarter(c), fourth = Quarter(d);
        // Halves of two registers side by side, then the even places and the odd ones of all four.
        Vector128<float> left = Halves(first, second, 0) + Halves(first, second, 1), right = Halves(third, fourth, 0) + Halves(third, fourth, 1);
        return Pairs(left, right, odd: false) + Pairs(left, right, odd: true);
    }

    /// <summary>Halves added until four floats are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter<TVector>(TVector value)
        where TVector : struct
    {
        if (typeof(TVector) == typeof(Vector512<float>))
        {
            var all = (Vector512<float>)(object)value;
            return Quarter(all.GetLower() + all.GetUpper());
        }
        if (typeof(TVector) == typeof(Vector256<float>))
        {
            var all = (Vector256<float>)(object)value;
            return all.GetLower() + all.GetUpper();
        }
        return (Vector128<float>)(object)value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector128<float> left, Vector128<float> right, int half) =>
        Vector128.Create(left.AsDouble().GetElement(half), right.AsDouble().GetElement(half)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(Vector128<float> left, Vector128<float> right, bool odd)
    {
        if (Sse.IsSupported)
            return odd ? Sse.Shuffle(left, right, 0b11_01_11_01) : Sse.Shuffle(left, right, 0b10_00_10_00);
        var places = odd ? Vector128.Create(1, 3, 1, 3) : Vector128.Create(0, 2, 0, 2);
        return Halves(Vector128.Shuffle(left, places), Vector128.Shuffle(right, places), 0);
    }
}
