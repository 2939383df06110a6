using System.Text.Json;

namespace Pipeline.Ingest.Events;

/// <summary>
/// The field names of the objects that are open, to find one that appears twice: JSON readers disagree on which of them counts, and
/// MongoDB's drivers refuse to read such a document.
/// </summary>
/// <remarks>Reused from event to event. The names themselves stay where they were written, in the BSON.</remarks>
internal sealed class ObjectNames
{
    private uint[] _hashes = new uint[64];
    private int[] _elements = new int[64];
    private int _count;
    private int _object;

    /// <summary>Opens an object inside the one that is open.</summary>
    /// <returns>What <see cref="EndObject"/> takes to go back.</returns>
    public int BeginObject()
    {
        var outer = _object;
        _object = _count;
        return outer;
    }

    public void EndObject(int outer)
    {
        _count = _object;
        _object = outer;
    }

    public void Clear() => _count = _object = 0;

    /// <summary>Adds the name of the element that was just begun.</summary>
    /// <exception cref="JsonException">The open object has the name already.</exception>
    public void Add(BsonBuffer output, int element)
    {
        var name = JsonValues.NameOf(output, element);
        var hash = Hash(name);
        for (var i = _object; i < _count; i++)
        {
            // The search for the hash is vectorised: an event of nothing but names must not take quadratic time that anybody notices.
            var next = _hashes.AsSpan(i, _count - i).IndexOf(hash);
            if (next < 0)
                break;
            i += next;
            if (SameName(output, _elements[i], name))
                throw new JsonException("a field is named twice");
        }

        if (_count == _hashes.Length)
        {
            Array.Resize(ref _hashes, _count * 2);
            Array.Resize(ref _elements, _count * 2);
        }

        _hashes[_count] = hash;
        _elements[_count++] = element;
    }

    private static bool SameName(BsonBuffer output, int element, ReadOnlySpan<byte> name)
    {
        var terminated = output.Written(element + 1, output.Length - element - 1);
        return terminated.StartsWith(name) && terminated[name.Length] == 0;
    }

    /// <summary>FNV-1a.</summary>
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var value in name)
            hash = (hash ^ value) * 16777619u;
        return hash;
    }
}
