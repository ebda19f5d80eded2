import type { AgeGenderFragment } from '@/gql/graphql';
import { formatShare } from '@/lib/numbers';
import { pyramidRows } from './pyramid';

/** Women to the left, men to the right, one row per age. It is a table, so it reads as one too. */
export function AgePyramid({ segments }: { segments: readonly AgeGenderFragment[] }) {
  const rows = pyramidRows(segments);
  const widest = Math.max(0.0001, ...rows.flatMap((row) => [row.women, row.men]));
  const unknown = rows.reduce((sum, row) => sum + row.unknown, 0);
  const bar = (share: number) => ({ width: `${(share / widest) * 100}%` });

  if (rows.length === 0) return null;
  return (
    <div className="audience-block">
      <h3>Age and gender</h3>
      <table className="pyramid">
        <caption className="visually-hidden">Share of the audience by age and gender</caption>
        <thead>
          <tr>
            <th scope="col" className="pyramid-women">
              Women
            </th>
            <th scope="col">
              <span className="visually-hidden">Age</span>
            </th>
            <th scope="col">Men</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.age}>
              <td className="pyramid-women">
                <span className="pyramid-share">{formatShare(row.women)}</span>
                <span className="pyramid-track">
                  <span className="pyramid-bar pyramid-bar-women" style={bar(row.women)} />
                </span>
              </td>
              <th scope="row">{row.age}</th>
              <td>
                <span className="pyramid-track">
                  <span className="pyramid-bar" style={bar(row.men)} />
                </span>
                <span className="pyramid-share">{formatShare(row.men)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {unknown > 0 && <p className="muted small">{formatShare(unknown)} did not state a gender.</p>}
    </div>
  );
}
