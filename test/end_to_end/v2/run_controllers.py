"""A script that does what its controllers say."""

from pathlib import Path

from hummingbot.strategy.strategy_v2_base import StrategyV2Base, StrategyV2ConfigBase
from hummingbot.strategy_v2.models.executor_actions import ExecutorAction


class RunControllersConfig(StrategyV2ConfigBase):
    """Settings."""

    script_file_name: str = Path(__file__).name


class RunControllers(StrategyV2Base):
    """Adds nothing of its own."""

    def create_actions_proposal(self) -> list[ExecutorAction]:
        return []

    def stop_actions_proposal(self) -> list[ExecutorAction]:
        return []
