using Pipeline.Storage.Events;

namespace Pipeline.Storage.Tests.Events;

[Trait("speed", "fast")]
public sealed class InMemoryEventStoreTests : EventStoreSuite
{
    protected override Task<IEventStore> EmptyAsync() => Task.FromResult<IEventStore>(new InMemoryEventStore());
}
