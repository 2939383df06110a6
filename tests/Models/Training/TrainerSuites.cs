namespace Pipeline.Models.Tests.Training;

[Trait("speed", "fast")]
public sealed class ImplicitAlsSuite() : PersonalTrainerSuite("ials", "rank=12", "iterations=4");

[Trait("speed", "fast")]
public sealed class EaseSuite() : PersonalTrainerSuite("ease");

[Trait("speed", "fast")]
public sealed class ItemKnnSuite() : PersonalTrainerSuite("item-knn");

[Trait("speed", "fast")]
public sealed class ItemKnnJaccardSuite() : PersonalTrainerSuite("item-knn", "similarity=jaccard", "neighbours=20", "shrinkage=1");

[Trait("speed", "fast")]
public sealed class ItemKnnBm25Suite() : PersonalTrainerSuite("item-knn", "similarity=dot", "weighting=bm25");

[Trait("speed", "fast")]
public sealed class PopularitySuite() : TrainerSuite("popularity");

[Trait("speed", "fast")]
public sealed class TrendingSuite() : TrainerSuite("trending");
