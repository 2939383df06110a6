namespace Pipeline.Storage.Tests.MySql;

[Trait("speed", "server")]
public sealed class GenerationStoreTests() : GenerationStoreSuite(Stores.CreateAsync);

[Trait("speed", "server")]
public sealed class GenerationStoreOnMariaDbTests() : GenerationStoreSuite(Stores.CreateOnMariaDbAsync);
