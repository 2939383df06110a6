using Pipeline.Models.Tests.Training.Titles;
using Pipeline.Models.Training;
using Pipeline.Models.Training.Titles;

namespace Pipeline.Models.Tests.Training;

[Trait("speed", "fast")]
public sealed class ImplicitAlsSuite() : PersonalTrainerSuite("ials", "rank=12", "iterations=4");

[Trait("speed", "fast")]
public sealed class ImplicitAlsBlocksSuite() : PersonalTrainerSuite("ials", "rank=40", "iterations=8", "solver=blocks", "block=16");

[Trait("speed", "fast")]
public sealed class OneClassSuite()
    : PersonalTrainerSuite("sgd", "LossFunction=SquareLossOneClass", "Alpha=0.1", "Lambda=1", "NumberOfIterations=6", "C=0.01");

[Trait("speed", "fast")]
public sealed class BprSuite() : PersonalTrainerSuite("bpr", "rank=8", "iterations=60");

[Trait("speed", "fast")]
public sealed class RegressionSuite() : TrainerSuite("sgd", "ApproximationRank=20", "NumberOfIterations=8")
{
    protected override bool IsPersonal => true;
}

[Trait("speed", "fast")]
public sealed class NonNegativeRegressionSuite() : TrainerSuite("sgd", "NonNegative=true", "NumberOfIterations=4")
{
    protected override bool IsPersonal => true;
}

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

[Trait("speed", "fast")]
public sealed class ContentSuite() : PersonalTrainerSuite("content")
{
    protected override ITrainer Create(params string[] more) => ((ITitleTrainer)base.Create(more)).With(new PlantedTitles());
}

[Trait("speed", "fast")]
public sealed class BlendSuite() : PersonalTrainerSuite("blend", "models=ials,item-knn", "ials.rank=12", "ials.iterations=4");

[Trait("speed", "fast")]
public sealed class BlendWithContentSuite() : PersonalTrainerSuite("blend", "models=ease,content")
{
    protected override ITrainer Create(params string[] more) => ((ITitleTrainer)base.Create(more)).With(new PlantedTitles());
}

[Trait("speed", "fast")]
public sealed class RankerSuite()
    : PersonalTrainerSuite("ranker", "models=ials,item-knn", "ials.rank=12", "ials.iterations=4", "trees=20", "min-leaf=5", "leaves=6");

[Trait("speed", "fast")]
public sealed class FfmSuite() : PersonalTrainerSuite("ffm", "models=ials,item-knn", "ials.rank=12", "ials.iterations=4");
