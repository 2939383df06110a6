namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class PopularityStoreTests() : PopularityStoreSuite(Stores.CreateAsync);

[Trait("speed", "server")]
public sealed class PopularityStoreOnMariaDbTests() : PopularityStoreSuite(Stores.CreateOnMariaDbAsync);
