using System.Net;
using System.Net.Sockets;

namespace Pipeline.Storage.MySql.Operators;

/// <summary>Whom an address is counted as. Somebody who has one IPv6 address mostly has the 2^64 of its network, and could be another at every request.</summary>
public static class ClientNetwork
{
    private const int NetworkBytes = 8;

    /// <returns>An IPv4 address as it is, of an IPv6 one its /64; anything else as it is.</returns>
    public static string Of(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed))
            return address;
        if (parsed.IsIPv4MappedToIPv6)
            return parsed.MapToIPv4().ToString();
        if (parsed.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        byte[] bytes = parsed.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/{8 * NetworkBytes}";
    }
}
