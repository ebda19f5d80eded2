import { Icon } from '@/components/Icon';
import { Time } from '@/components/Time';
import type { MediaItemFragment } from '@/gql/graphql';
import { mediaFormatLabels, mediaKindLabels, storyStateHelp, storyStateLabels } from '@/lib/words';
import { excerpt, type Figure, figures, type MetricInfo } from './figures';

const storyTones: Record<NonNullable<MediaItemFragment['storyState']>, string> = {
  LIVE: 'pill pill-ok',
  PENDING: 'pill pill-amber',
  CAPTURED: 'pill pill-ok',
  MISSED: 'pill pill-red',
  REMOVED: 'pill',
};

type MediaListProps = { media: readonly MediaItemFragment[]; catalogue: readonly MetricInfo[] };

export function MediaList({ media, catalogue }: MediaListProps) {
  return (
    <ul className="media-list">
      {media.map((one) => (
        <MediaItem key={one.id} media={one} catalogue={catalogue} />
      ))}
    </ul>
  );
}

function MediaItem({ media, catalogue }: { media: MediaItemFragment; catalogue: readonly MetricInfo[] }) {
  const { headline, more } = figures(media.metrics, catalogue);
  const kind =
    media.kind === 'FEED' && media.format ? mediaFormatLabels[media.format] : mediaKindLabels[media.kind];
  const caption = excerpt(media.caption);
  return (
    <li className="media-item">
      <div className={`media-picture media-picture-${media.kind.toLowerCase()}`} aria-hidden="true">
        {kind}
      </div>
      <div className="media-what">
        <h3>{caption ?? (media.storyState ? kind : `${kind} without a text`)}</h3>
        <p className="muted small">
          {kind} · <Time at={media.postedAt} />
          {media.permalink && !media.goneAt && (
            <>
              {' · '}
              <a href={media.permalink} target="_blank" rel="noreferrer">
                Open on Instagram
                <Icon name="out" size={12} />
                <span className="visually-hidden">
                  {' '}
                  ({kind}
                  {caption ? `, ${caption}` : ''}, new tab)
                </span>
              </a>
            </>
          )}
        </p>
        {media.storyState && (
          <p className="small">
            <span className={storyTones[media.storyState]}>{storyStateLabels[media.storyState]}</span>{' '}
            <span className="muted">{storyStateHelp[media.storyState]}</span>
          </p>
        )}
        {media.goneAt && !media.storyState && (
          <p className="small">
            <span className="pill">Deleted</span>{' '}
            <span className="muted">Its last figures stay. It was deleted at Instagram.</span>
          </p>
        )}
        <Figures figures={headline} />
        {more.length > 0 && (
          <details className="small">
            <summary>
              All figures
              <span className="visually-hidden"> of {caption ?? kind}</span>
            </summary>
            <Figures figures={more} />
            <p className="muted">
              Read <Time at={media.readAt} missing="not yet" />.
            </p>
          </details>
        )}
      </div>
    </li>
  );
}

function Figures({ figures: shown }: { figures: readonly Figure[] }) {
  return (
    <dl className="media-figures">
      {shown.map(({ info, value, text }) => (
        <div key={info.metric} title={info.help}>
          <dt>{info.label}</dt>
          <dd className={value.value === null || value.value === undefined ? 'muted' : undefined}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
